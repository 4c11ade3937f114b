"""Files that are made for one answer."""

from flask import Response, request


def calendar_file(content: bytes, name: str, *, private: bool = False) -> Response:
    """A calendar to download. Unchanged, it is answered with 304, so that programs that look
    again and again carry nothing."""
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.headers["Cache-Control"] = "private, no-cache" if private else "public, no-cache"
    if private:
        response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response
