"""Callbacks of tasks that another file starts."""

import logging


def forget(task):
    task.exception()


def tell(task):
    if not task.cancelled() and task.exception():
        logging.error("failed", exc_info=task.exception())
