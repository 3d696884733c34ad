"""Notes behind a token: a REST API with an authorizer, and a plain function."""

from chalice import AuthResponse, Chalice, NotFoundError

app = Chalice(app_name="notes")
notes = {}


@app.authorizer()
def gate(request):
    return AuthResponse(routes=["/notes/*"] if request.token == "open" else [], principal_id="ann")


@app.route("/notes/{name}", methods=["GET", "PUT"], authorizer=gate, cors=True)
def note(name):
    request = app.current_request
    if request.method == "PUT":
        notes[name] = request.json_body
        return {"kept": name, "by": request.context["authorizer"]["principalId"]}
    if name not in notes:
        raise NotFoundError(f"There is no note {name}")
    return notes[name]


@app.route("/")
def index():
    print("the index was asked for")
    return {"notes": len(notes)}
