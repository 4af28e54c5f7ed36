"""What hangs out of the window where lines begin at the right."""

OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const look = (element) => getComputedStyle(element);
    const clips = (element) => element && (look(element).overflowX !== "visible" || clips(element.parentElement));
    const outside = [...document.querySelectorAll("body *")].filter((element) => {
        const { left, right, height } = element.getBoundingClientRect();
        const isSeen = right > left && height && look(element).visibility !== "hidden" && !element.closest(".sr-only");
        return isSeen && (left < -1 || right > width + 1) && !clips(element.parentElement);
    });
    const names = outside.map((element) => `${element.tagName}.${element.getAttribute("class")}`);
    return document.documentElement.scrollWidth > width ? ["the page", ...names] : names;
}"""
