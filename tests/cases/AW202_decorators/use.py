import deco
from deco import blocking, either, logged, measured, optional, registered, retry, task, traced
from elsewhere import magic


@logged
async def one(): ...


@traced
async def two(): ...


@registered
async def three(): ...


@retry(times=2)
async def four(): ...


@either
async def five(): ...


@either
def six(): ...


@blocking
async def seven(): ...


@task
async def eight(): ...


@magic
async def nine(): ...


@deco.logged
@deco.registered
def ten(): ...


@optional
async def eleven(): ...


@optional(name="x")
async def twelve(): ...


@measured
@registered
async def thirteen(): ...


@measured
def fourteen(): ...


async def main():
    thirteen()  # finding: AW202
    fourteen()
    one()  # finding: AW202
    two()  # finding: AW202
    three()  # finding: AW202
    four()  # finding: AW202
    five()  # finding: AW202
    six()
    seven()
    eight()
    nine()
    ten()  # finding: AW202
    eleven()  # finding: AW202
    twelve()  # finding: AW202
