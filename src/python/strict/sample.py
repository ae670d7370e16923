"""All of the syntax, for the test that compares the two parsers."""
from __future__ import annotations

import a.b, c as d, e . f
from . import g
from ..h.i import (
    j as k,
    l,  # why
)
from ... import m
from n import *


x = y = 1, 2.5, 0x1F, 1e-3, 1_000j, .5, 1.
x: int
x: dict[str, list[int]] = {}
x.y[1:2, ::3, :, ...] += (1)
(a, [b, *c]), d = *e, f
a = b = yield_ = None
*a, b = c
x,
a, b
del a, b[0], (c)
del (a, b)
assert a, "text"
assert (a, b)
global q
print(x); print(y);  # two


a = b if c else d if e else f
a = not b and c or d and (e or f) or g
a = b < c <= d != e in f not in g is h is not i
a = -b ** -c + d * e // f % g @ h - (i + j) << k & l | ~n ^ m
a = b ** c ** d
a = (b and c) and d, (b + c) + d
a = lambda: 0
a = lambda x, *y, z=1, **w: (x, y, lambda: z)
a = lambda *, k=lambda: 1: k


a = "x" 'y' b"z" rb'\d' \
    f"{a}{b!r:>{c}}{{}}" Rf'\\{d}' f'''{
        e["f"] + f"{g}"
    }''' fr"{h=}" f"\N{DASH}{i:%Y-%m}{j, k}{(lambda: 1)()}"


a = (), (b,), (b, c), (d), ((e)), [], [b], [b, *c,], {}, {b}, {b, c,}, {b: c, **d, "e": f,}
a = [b for c, in d if e if f for g in h], {b async for c.x in d}, {b: c for d in e}, (b for c in d)
a = [[b for b in c] for c in d for e in lambda_(f for f in c)]
a(b, *c, d=e, **f)(g for g in h)[i](j := k,)[l := 1].m
a[b, c], a[b:c, (d := e)] if a else a[:]
a[
    # inside
    b
] = c  # behind
match = type = case = _ = 1
match(x)
match[x]
match.x: int = 1


@a.b(c)
@d
async def function(a, b: int, /, c: str = "x", *args: int, d, e=lambda: (yield), **kwargs: a.b[c]) -> None | d[e]:
    """Doc."""
    nonlocal q
    await a
    b = await c.d(e)
    c = yield
    c = yield a, b
    c += yield from d
    return await a, b
    # the end

    # of it


def one(): return 1  # behind


def two(a, *, b): pass; return


def three(): raise


class A: pass


@b
class B(C, metaclass=D, *E):
    x: int = 1

    def method(self):
        self.x = super().x
        # deep
    # shallow
# left


if a := b:
    pass
elif (c := d) and e: x
else:
    if f:
        raise g(h) from i
    # after
    else:
        raise


for a, in b, c:
    continue
else:
    break


for (a, b), *c.d in *e, f: pass


async def loops():
    async for a[0] in b:
        pass
    async with a as b, c.d() as e.f, g:
        pass
    async with (
        a as b,
        c as (d, e),
    ):
        pass
    with (a): pass
    with (a).b as c: pass
    with (a, b) as c: pass
    with (a for b in c) as d: pass
    with (yield): pass
    with (a as b): pass
    while True: return
    else: pass


try:
    pass
except:
    pass


try:
    a
except (A, B) as c:
    b
except D:
    # nothing
    pass
else:
    c
finally:
    d  # last


try: a
except* B: c


match a, b:
    case 1 | -1 | 1 + 2j | "a" "b" | None | True:
        pass
    case x.y | Z():
        pass
    case Z(a, b=c, d=e.f()) as g if h:
        pass
    case [a, *_] | (b, *c) | ():
        pass
    case {"a": 1, x.y: b, **rest}:
        pass
    case (a | b):
        pass
    case name if guard(name):
        pass
    case _:
        pass
    # after the last


match x:
    case y: pass


if a:
	if b:
		pass
	# tab


é = ünï_cödé = "ü"  # ü
if é: pass


type X = int
type X[T] = list[T] | None
type A[T: (int, str), *Ts, **P] = Callable[P, a.b[T, *Ts]]
type = 1
type (x)


def generic[T](x: T) -> T: return x


async def generic[T: Base, *Ts, **P,](x: T, *args: *Ts): pass


class Generic[T: (int, str)]: pass


class Generic[T](Base[T], metaclass=M):
    async def method[S: "S"](self): await S


try: a
except A, B: b
except A, b.C, D(1): c
except (A), (B): d
except (A, B): e
except* A, B: f


a = t"{a}", T'{b!r:>{c}}' rt"{d=}" f"{e}"
a = f"{x["a"]}{'\n'.join(y)}{f"{f"{1}"}"}"
a = f'{x # why
}' f"""{
    x:
    >{width}
}""" f"{x = !r:^20}" f"{a != b}{a if b else c}{(a := 1)}" f"{*a, b}{ {1: 2}[1] }"


with (a, b): pass
with (a, b,): pass
with (a): pass
with (
    open(a) as b,
    c,
): pass
with (a, b) as c, d: pass
with (await a) as b, (c): pass
a(*b for b in c), [*b for b in c]
