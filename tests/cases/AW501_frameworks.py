"""Where frameworks run the plain functions that they are given."""

import time

from fastapi import APIRouter
from homeassistant.core import callback
from sanic import Sanic

router = APIRouter()
app = Sanic("app")


@callback
def on_state(event):
    time.sleep(1)  # finding: AW501


@app.get("/")
def on_the_loop(request):
    time.sleep(1)  # finding: AW501


@router.get("/")
def in_a_thread():
    time.sleep(1)


@router.get("/slow")
async def slow():
    time.sleep(1)  # finding: AW501


def plain():
    time.sleep(1)
