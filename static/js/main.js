/* Behaviour of every page, hooked by data- attributes. Each module finds its own elements and does nothing without them. */
document.documentElement.classList.add("js");
