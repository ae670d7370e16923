from api import fetch


async def refresh0(url):
    fetch(url)


async def refresh1(url):
    fetch(url)


async def refresh2(url):
    fetch(url)


async def refresh3(url):
    fetch(url)


async def refresh4(url):
    fetch(url)


async def refresh5(url):
    fetch(url)


async def refresh6(url):
    fetch(url)


async def refresh7(url):
    fetch(url)


async def refresh8(url):
    fetch(url)


async def refresh9(url):
    fetch(url)


async def refresh10(url):
    fetch(url)


async def refresh11(url):
    fetch(url)


async def refresh12(url):
    fetch(url)


async def refresh13(url):
    fetch(url)


async def refresh14(url):
    fetch(url)


async def refresh15(url):
    fetch(url)


async def refresh16(url):
    fetch(url)


async def refresh17(url):
    fetch(url)


async def refresh18(url):
    fetch(url)


async def refresh19(url):
    fetch(url)
