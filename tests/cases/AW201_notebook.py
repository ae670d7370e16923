# %% [markdown]
# Cells of a notebook may await at the top.

# %%
import asyncio

await asyncio.sleep(1)
