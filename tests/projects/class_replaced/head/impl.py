from aio import Client  # caused: AW202

__all__ = ["Client"]
