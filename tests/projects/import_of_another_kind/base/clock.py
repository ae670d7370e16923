from local import sleep
