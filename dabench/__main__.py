"""`python -m dabench` is `dabench`."""

from dabench.cli.main import main

if __name__ == "__main__":
    main()
