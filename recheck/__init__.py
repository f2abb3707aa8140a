"""Rechecking evidence, without any of the code that found it."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)  # a project may have a folder of this name
