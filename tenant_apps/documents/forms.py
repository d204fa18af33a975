"""The address of an upload."""

from django import forms


class UploadForm(forms.Form):
    """Names the draft the file belongs to."""

    draft = forms.UUIDField()


class LogoForm(forms.Form):
    """The picture that becomes the school's logo; what it is, is judged by its content."""

    file = forms.FileField(
        error_messages={
            "required": "Choose a picture first.",
            "invalid": "Choose a picture first.",
            "missing": "Choose a picture first.",
            "empty": "The file is empty. Choose another one.",
        }
    )
