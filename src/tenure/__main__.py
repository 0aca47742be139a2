"""`python -m tenure` is the same as `tenure`."""

from tenure.cli import main

main()
