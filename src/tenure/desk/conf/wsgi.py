"""The desk as a WSGI application, with the customers' door before it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.desk.conf.settings")
_desk = get_wsgi_application()

from tenure.desk.voice.answering.door import CustomersDoor  # noqa: E402  (needs Django set up)

application = CustomersDoor(_desk)
