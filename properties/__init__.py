"""The claims: what is said of which scheme, with the verdict it is expected to get."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)  # a project may have a folder of this name
