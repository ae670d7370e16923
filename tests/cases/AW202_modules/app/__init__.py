"""What the package offers."""
from .client import Client, connect as open_client
from .jobs import *
from . import storage
