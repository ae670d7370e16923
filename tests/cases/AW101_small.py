"""Small images, and data frames as text."""

import io

import pandas as pd
from PIL import Image


async def placeholder():
    image = Image.new("RGB", (800, 600))
    output = io.BytesIO()
    image.save(output, format="PNG")
    return output.getvalue()


async def poster():
    image = Image.new("RGB", (8000, 6000))
    output = io.BytesIO()
    image.save(output, format="PNG")  # finding: AW101
    return output.getvalue()


async def thumbnail(data):
    image = Image.open(data)
    image.save("small.png")  # finding: AW101


async def prompt(frame: pd.DataFrame):
    return frame.to_csv(index=False)  # doubtful: AW101


async def export(frame: pd.DataFrame, path):
    frame.to_csv(path)  # finding: AW101
