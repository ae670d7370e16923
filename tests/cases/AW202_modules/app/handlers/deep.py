from ... import nowhere
from .. import Client, open_client, run_job, storage
from ..jobs import Job as Work
from ..storage import default, store as the_store


async def handle():
    run_job("a")  # finding: AW202
    open_client(None)  # finding: AW202
    storage.store.load("k")  # finding: AW202
    the_store.load("k")  # finding: AW202
    default().load("k")  # finding: AW202
    default().size()
    client = await open_client(None)
    client.fetch("k")  # finding: AW202
    client.close()  # finding: AW202
    client.label()
    async with Client(None) as other:
        other.ping()  # finding: AW202
    job = await Work.create()
    job.start()  # finding: AW202
    Work.purge()  # finding: AW202
    nowhere.fetch()
