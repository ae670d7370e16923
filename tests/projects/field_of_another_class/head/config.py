from dataclasses import dataclass

import aiohttp
import requests

KINDS = (aiohttp, requests)


@dataclass
class Config:
    session: requests.Session  # caused: AW502
