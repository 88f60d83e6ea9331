"""The read API: one address for programs. Subjects bring their routes (each its `api.py`), and all pass one door.

It knows no subject: errors are problems (RFC 9457), pages are walked by cursor, answers may be kept and asked for from
anywhere.
"""
