from sync import Client

__all__ = ["Client"]
