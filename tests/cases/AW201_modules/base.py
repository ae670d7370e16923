"""Classes that others derive from, and one that nobody does."""


class Request:
    def respond(self):
        print("sent")

    def reply(self):
        print("sent")


class Answer:
    pass
