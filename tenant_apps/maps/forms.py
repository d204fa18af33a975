"""What is typed under "Admin" > "Maps"."""

from django import forms


class MapForm(forms.Form):
    """ "New Map": the picture, which is judged by its content, and its title."""

    file = forms.FileField(
        label="File",
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        error_messages={
            "required": "Choose the picture.",
            "missing": "Choose the picture.",
            "empty": "The file is empty. Choose it again, or another one.",
            "invalid": "Choose the picture.",
        },
    )
    title = forms.CharField(
        label="Title",
        max_length=120,
        error_messages={
            "required": "Give the map a title.",
            "max_length": "A title has at most 120 characters.",
        },
    )
