"""The address of an upload."""

from django import forms


class UploadForm(forms.Form):
    """Names the draft the file belongs to."""

    draft = forms.UUIDField()
