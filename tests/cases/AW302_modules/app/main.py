from app.base import NothingReturned, Resource


class Derived(Resource):
    async def __aenter__(self):
        return self


async def main():
    async with Resource() as resource:
        print(resource)
    async with Derived() as derived:
        print(derived)
    async with NothingReturned() as nothing:  # finding: AW302
        print(nothing)
    async with NothingReturned():
        print("fine")
