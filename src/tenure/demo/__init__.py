"""The synthetic demo bank: a bank in Chengdu with its customers' lives, and the truth about them beside it."""

from tenure.demo.bank import build
from tenure.demo.lake_settings import lake_thresholds
from tenure.demo.settings import Built, Delivery, DemoBank

__all__ = ["Built", "Delivery", "DemoBank", "build", "lake_thresholds"]
