import re

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile

from core.web.staticfiles import HashedStaticFiles

OURS = ("js/", "css/", "img/", "fonts/", "vendor/")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def test_modules_and_styles_name_only_hashed_files(tmp_path):
    assert any("fonts/atkinson" in one for one in settings.STATICFILES_DIRS if isinstance(one, tuple))
    storage = HashedStaticFiles(location=str(tmp_path), base_url="/static/")
    found = {}
    for finder in get_finders():
        for path, source in finder.list([]):
            name = f"{source.prefix}/{path}" if getattr(source, "prefix", None) else path
            if name.startswith(OURS):
                with source.open(path) as file:
                    storage._save(name, ContentFile(file.read()))
                found[name] = (storage, name)
    for _, _, processed in storage.post_process(found):
        assert not isinstance(processed, Exception)

    main = (tmp_path / storage.stored_name("js/main.js")).read_text()
    imported = re.findall(r'(?:from|import) "([^"]+)"', main)
    assert any("bundle" in one for one in imported)
    assert all(HASHED.search(one) for one in imported)
    paper = (tmp_path / storage.stored_name("css/pdf.css")).read_text()
    assert all(HASHED.search(one) for one in re.findall(r'url\("([^"]+)"\)', paper))
