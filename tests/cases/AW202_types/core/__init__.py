from .models import Client, Pool
