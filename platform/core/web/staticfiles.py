"""Static files under names that carry a hash of their content, the imports of our script modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = (
    (r"""(?P<matched>\bfrom\s*["'](?P<url>\.{1,2}/[^"']+)["'])""", 'from "%(url)s"'),
    (r"""(?P<matched>\bimport\s*["'](?P<url>\.{1,2}/[^"']+)["'])""", 'import "%(url)s"'),
)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Follows `import … from "./x.js"`: else a browser mixes the modules of two releases while it caches.

    In our own modules only: the packages' files are bundles, and examples in comments look like imports.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", IMPORTS))
