from tests.carrying import carry, post

__all__ = ["carry", "post"]
