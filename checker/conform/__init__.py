"""Measured training runs against a scheme: is there a choice of nature that explains them?"""
