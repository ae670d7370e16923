"""A file whose imports are not written yet."""


async def run_it(client: httpx.Client):
    subprocess.run(["a"])  # finding: AW104
    os.system("a")  # finding: AW104
    await use(subprocess.getoutput("a"))  # finding: AW104
    system("a")
    run(["a"])
    requests_like.get("x")


async def shadowed(subprocess, os):
    subprocess.run(["a"])
    os.system("a")


async def use(value):
    print(value)
