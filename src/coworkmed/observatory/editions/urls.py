from django.urls import path

from . import views

#: Pages, behind their language.
urlpatterns = [
    path("editions/", views.edition_list, name="editions"),
    path("editions/<str:name>/", views.edition_page, name="edition"),
]
#: Files have no language.
files = [
    path("editions/<str:name>/datacite.json", views.edition_datacite, name="edition-datacite"),
    path("editions/<str:name>/citation.bib", views.edition_bibtex, name="edition-bibtex"),
    path("editions/<str:name>/files/<path:file>", views.edition_file, name="edition-file"),
]
