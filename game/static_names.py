"""Hashed file names for static files, relative ES imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedNames(CompressedManifestStaticFilesStorage):
    """`app.css` -> `app.3f2a.css`, with `import './x.js';` and `@import url(x.css) layer(y)` rewritten to match."""

    support_js_module_import_aggregation = True
