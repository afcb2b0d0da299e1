# make help says what there is. PYTHON=/path/to/python3 chooses the Python of a new .venv.

PYTHON ?=
export PYTHON
BIN := .venv/bin
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run demo test check lint types imports bench lock wheel clean

help: ## 这份说明
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## 启动：本机聊天，里面有一份活的样例方案（演示库，与真台账分开）
	@tools/setup.sh run
	@$(BIN)/duban run --demo

demo: ## 用样例方案走完一年，一分钟内看它怎么工作
	@tools/setup.sh run
	@$(BIN)/duban demo

test: ## 全部测试（自己装好所需的一切）
	@tools/setup.sh test
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(PYTEST_ARGS)

check: lint types imports test ## 提交前的全部检查：格式、类型、导入方向、测试

lint: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: dev
	@$(BIN)/mypy

imports: dev
	@$(BIN)/lint-imports

.PHONY: dev
dev: ## 开发环境 .venv
	@tools/setup.sh test

.PHONY: fuzz
fuzz: dev ## 把各种格式的真文件改坏再读，两万份（约三分钟）
	@DUBAN_FUZZ=20000 $(BIN)/python -m pytest tests/integration/test_fuzz_files.py $(PYTEST_ARGS)

.PHONY: chaos
chaos: dev ## 收发途中随机 kill -9 三百次，再故意改坏七处，看丢不丢、重不重
	@cd tests && ../$(BIN)/python -m e2e.chaos $(CHAOS_ARGS)
	@cd tests && ../$(BIN)/python -m e2e.chaos.broken

bench: dev ## 在这台机器上量一遍速度，和同类库并排
	@for bench in tests/benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

lock: ## 重新锁定依赖（需要 uv）
	@uv pip compile pyproject.toml --group build --extra pdf --extra doc --extra postgres $(LOCK) -o requirements.lock
	@uv pip compile pyproject.toml --group build --extra dev -c requirements.lock $(LOCK) -o requirements-dev.lock

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

wheel: dev ## 打包到 dist/
	@$(BIN)/python -m build --no-isolation

clean: ## 删掉能重新生成的东西（不动 data/local）
	@rm -rf .venv .venv-peers dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
