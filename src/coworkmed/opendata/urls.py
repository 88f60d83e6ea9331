from django.urls import path

from .views import about, catalogue, dictionary, features, files, reconciliation

urlpatterns = [
    path("places.csv", files.places_csv, name="places-csv"),
    path("places.geojson", files.places_geojson, name="places-geojson"),
    path("places.gpkg", files.places_gpkg, name="places-gpkg"),
    path("places.parquet", files.places_parquet, name="places-parquet"),
    path("places.atom", files.places_atom, name="places-atom"),
    path("catalogue", catalogue.catalogue_view, name="catalogue"),
    path("catalogue.ttl", catalogue.turtle_view, name="catalogue-ttl"),
    path("catalogue.jsonld", catalogue.json_ld_view, name="catalogue-jsonld"),
    path("datapackage.json", dictionary.package_view, name="datapackage"),
    path("reconcile", reconciliation.root_view, name="reconcile"),
    *(
        path(f"reconcile/suggest/{what}", reconciliation.suggest_view, {"what": what}, name=f"reconcile-suggest-{what}")
        for what in ("entity", "property", "type")
    ),
    path("reconcile/properties", reconciliation.properties_view, name="reconcile-properties"),
    path("reconcile/preview", reconciliation.preview, name="reconcile-preview"),
    path("ogc/", features.landing_view, name="ogc"),
    path("ogc/conformance", features.conformance_view, name="ogc-conformance"),
    path("ogc/api", features.api_view, name="ogc-api"),
    path("ogc/collections", features.collections_view, name="ogc-collections"),
    path("ogc/collections/places", features.collection_view, name="ogc-collection"),
    path("ogc/collections/places/queryables", features.queryables_view, name="ogc-queryables"),
    path("ogc/collections/places/items", features.items_view, name="ogc-items"),
    path("ogc/collections/places/items/<str:place_id>", features.item_view, name="ogc-item"),
]
#: Pages for people, behind their language.
pages = [
    path("open-data/", about.open_data, name="open-data"),
    path("open-data/dictionary/", dictionary.page, name="dictionary"),
]
