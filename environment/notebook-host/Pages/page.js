(() => {
  const button = document.getElementById("fold");
  const cells = document.querySelectorAll("section.code > details");
  if (cells.length === 0) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = button.textContent !== "Hide code";
    for (const cell of cells) cell.open = open;
    button.textContent = open ? "Hide code" : "Show code";
  });
})();
