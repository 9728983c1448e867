"""Digests, trees and signatures that show when something written down was changed afterwards."""
