"""Photos as files of three forms: what a camera writes beside the picture is taken out, and small ones are drawn to look at."""
