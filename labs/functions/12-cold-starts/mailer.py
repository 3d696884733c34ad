"""Reminds every customer of the concert, and does not know when to stop."""


def handler(event, context):
    print("mail to everybody")
    return {"mails": 4000}
