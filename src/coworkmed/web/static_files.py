"""How static files are named and kept: by a sum of their content, modules that import each other included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, which leaves ``import … from "./other.js"`` as written unless asked."""

    support_js_module_import_aggregation = True
