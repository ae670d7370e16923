from time import sleep  # caused: AW501
