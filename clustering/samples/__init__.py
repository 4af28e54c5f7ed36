"""Made-up scanned documents for the demo, the tests, and the load benchmarks.

`make_sample` draws a stream of page images with their true documents. Nothing here imports Django, and nothing is
copied from a real collection: people, places, organizations, and texts are invented.
"""

from clustering.samples.making import SampleSummary, make_sample

__all__ = ["SampleSummary", "make_sample"]
