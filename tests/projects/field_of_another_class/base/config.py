from dataclasses import dataclass

import aiohttp
import requests

KINDS = (aiohttp, requests)


@dataclass
class Config:
    session: aiohttp.ClientSession
