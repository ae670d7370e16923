async def stop(client):
    client.close()
    client.fetch()
