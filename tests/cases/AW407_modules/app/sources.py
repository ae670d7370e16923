async def rows():
    try:
        yield 1
    finally:
        print("closed")
