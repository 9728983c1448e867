"""The app as Django knows it."""

from django.apps import AppConfig


class RegistryApp(AppConfig):
    """The register."""

    name = "darvoza.office.registry"
    label = "registry"
