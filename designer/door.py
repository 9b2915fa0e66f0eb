"""Temporary: until engine/control.py stands."""
import importlib


def __getattr__(name):
    try:
        module = importlib.import_module("engine.control")
    except ModuleNotFoundError:
        module = importlib.import_module("fake_control")
    return getattr(module, name)
