"""Django's ORM in asynchronous views."""

from asgiref.sync import sync_to_async
from django.db import models

from shop.models import Order

from .models import Customer


class Item(models.Model):
    name = models.CharField(max_length=20)


async def view(request):
    Order.objects.get(pk=1)  # finding: AW504
    Customer.objects.filter(name="a").first()  # finding: AW504
    Item.objects.create(name="a")  # finding: AW504
    Order.objects.filter(open=True).exclude(a=1).count()  # finding: AW504
    if Order.objects.exists():  # finding: AW504
        pass
    item = Item()
    item.save()  # finding: AW504


async def asynchronous(request):
    await Order.objects.aget(pk=1)
    await Customer.objects.filter(name="a").afirst()
    queries = Order.objects.filter(open=True)
    async for order in queries:
        print(order)
    await sync_to_async(Order.objects.get)(pk=1)
    await sync_to_async(lambda: Order.objects.get(pk=1))()
    item = Item()
    await item.asave()


def synchronous(request):
    return Order.objects.get(pk=1)


async def other_objects(scene, request):
    scene.objects.get("x")
    request.objects.first()
    await Order.objects.get(pk=1)
