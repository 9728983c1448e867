// The page that answers a refused form: what was refused is read first. A browser does not keep such a page: who comes
// back to it is led to the page of the form, and is not told that the form would have to be sent again.
document.getElementById("faults")?.focus();
history.replaceState(null, "", location.href);
