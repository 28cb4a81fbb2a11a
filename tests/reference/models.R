# The models of book/estimates.csv fitted again in R, from data/clean and from specifications of
# its own. Run from the top folder: Rscript tests/reference/models.R > tests/reference/estimates_r.csv
# Base R, MASS (glm.nb) and metafor (rma). R stops its iterations early by default; the controls
# below make it go on to the end.
suppressMessages({
  library(MASS)
  library(metafor)
})

control <- glm.control(epsilon = 1e-14, maxit = 500)
rma_control <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
out <- list()
done <- character()

read <- function(name) {
  read.csv(file.path("data", "clean", paste0(name, ".csv")), stringsAsFactors = FALSE, encoding = "UTF-8")
}
add <- function(id, quantity, estimate, se = NA, low = NA, high = NA, phi = NA, df = NA) {
  out[[length(out) + 1]] <<- data.frame(
    model_id = id, quantity = quantity, estimate = estimate, std_error = se,
    ci_low = low, ci_high = high, dispersion = phi, df_resid = df
  )
  done <<- union(done, id)
}

# ---- trends ---------------------------------------------------------------------------------
columns <- function(year, centre, breaks = c(), steps = list(), slope = TRUE) {
  d <- list()
  if (slope) d$year <- year - centre
  for (b in breaks) {
    d[[paste0("level_", b)]] <- as.numeric(year >= b)
    d[[paste0("slope_", b)]] <- (year >= b) * (year - b)
  }
  for (name in names(steps)) {
    span <- steps[[name]]
    d[[paste0("step_", name)]] <- as.numeric(year >= span[1] & year <= span[2])
  }
  as.data.frame(d)
}
closure <- list("2020_2022" = c(2020, 2022), "2023" = c(2023, Inf))

fit <- function(response, X, family, weights = NULL) {
  data <- cbind(data.frame(.y = response), X)
  data$.w <- if (is.null(weights)) 1 else weights
  formula <- if (ncol(X)) reformulate(names(X), ".y") else .y ~ 1
  if (family == "negative-binomial") {
    model <- suppressWarnings(glm.nb(formula, data = data, control = control, init.theta = 20))
    V <- vcov(model)
  } else if (family == "gaussian") {
    model <- glm(formula, gaussian(), data)
    V <- vcov(model)
  } else {
    kind <- list("quasi-poisson" = quasipoisson(), "poisson" = poisson(), "quasi-binomial" = quasibinomial())[[family]]
    model <- glm(formula, kind, data, weights = .w, control = control)
    V <- vcov(model)
  }
  phi <- sum(residuals(model, "pearson")^2) / df.residual(model)
  list(
    b = setNames(coef(model), sub("(Intercept)", "constant", names(coef(model)), fixed = TRUE)),
    V = V, phi = phi, df = df.residual(model), t = qt(0.975, df.residual(model)),
    theta = if (family == "negative-binomial") model$theta else NA
  )
}
percent <- function(x) 100 * expm1(x)
same <- function(x) x
hundredfold <- function(x) 100 * plogis(x)
add_coefficients <- function(id, m) {
  for (k in seq_along(m$b)) {
    s <- sqrt(m$V[k, k])
    add(id, paste0("coefficient_", names(m$b)[k]), m$b[[k]], s, m$b[[k]] - m$t * s, m$b[[k]] + m$t * s, m$phi, m$df)
  }
}
add_sum <- function(id, quantity, m, terms, convert = percent, keep = FALSE) {
  w <- as.numeric(names(m$b) %in% terms)
  value <- sum(w * m$b)
  s <- sqrt(drop(t(w) %*% m$V %*% w))
  add(id, quantity, convert(value), if (keep) s else NA, convert(value - m$t * s), convert(value + m$t * s), m$phi, m$df)
}
add_plain <- function(id, counts, years, m) {
  for (y in years) {
    add(id, paste0("plain_change_", y), 100 * (counts[[as.character(y)]] / counts[[as.character(y - 1)]] - 1), phi = m$phi, df = m$df)
  }
}

entrants <- read("entrants")
total <- aggregate(entrants_persons ~ year, entrants, sum)
women <- aggregate(entrants_persons ~ year, entrants[entrants$sex == "female", ], sum)
stopifnot(identical(total$year, women$year))
all_years <- setNames(as.list(total$entrants_persons), total$year)
between <- function(d, first, last = Inf) d[d$year >= first & d$year <= last, ]

arrivals <- function(id, family) {
  d <- between(total, 2002)
  m <- fit(d$entrants_persons, columns(d$year, 2012, 2012, closure), family)
  add_sum(id, "change_2002_2011", m, "year")
  add_sum(id, "change_2012_2019", m, c("year", "slope_2012"))
  add_sum(id, "jump_2012", m, "level_2012")
  add_sum(id, "step_2020_2022", m, "step_2020_2022")
  add_sum(id, "step_2023", m, "step_2023")
  add_sum(id, "line_2012", m, "constant", exp)
  if (!is.na(m$theta)) add(id, "alpha", 1 / m$theta, phi = m$phi, df = m$df)
  add_plain(id, all_years, c(2012, 2020, 2023), m)
  add_coefficients(id, m)
}
arrivals("arrivals_trend", "quasi-poisson")
arrivals("arrivals_trend_nb", "negative-binomial")

local({
  id <- "missing_arrivals"
  d <- between(total, 2012, 2019)
  m <- fit(d$entrants_persons, columns(d$year, 2016), "quasi-poisson")
  seen <- between(total, 2020)
  spans <- setNames(as.list(seen$year), seen$year)
  spans[["2020_2022"]] <- 2020:2022
  spans[["since_2020"]] <- seen$year
  for (name in names(spans)) {
    X <- cbind(1, spans[[name]] - 2016)
    mu <- exp(drop(X %*% m$b))
    M <- sum(mu)
    g <- drop(t(X) %*% mu)
    s <- sqrt(drop(t(g) %*% m$V %*% g) + m$phi * M)
    low <- M * exp(-m$t * s / M)
    high <- M * exp(m$t * s / M)
    counted <- sum(seen$entrants_persons[seen$year %in% spans[[name]]])
    add(id, paste0("expected_", name), M, s, low, high, m$phi, m$df)
    add(id, paste0("missing_", name), M - counted, s, low - counted, high - counted, m$phi, m$df)
  }
  add_sum(id, "change_2012_2019", m, "year")
  add_sum(id, "line_2016", m, "constant", exp)
  add_coefficients(id, m)
})

local({
  id <- "arrivals_payment_cut"
  d <- between(total, 2002, 2011)
  m <- fit(d$entrants_persons, columns(d$year, 2005, 2005), "quasi-poisson")
  add_sum(id, "change_2002_2004", m, "year")
  add_sum(id, "change_2005_2011", m, c("year", "slope_2005"))
  add_sum(id, "jump_2005", m, "level_2005")
  add_sum(id, "line_2005", m, "constant", exp)
  add_plain(id, all_years, 2005, m)
  add_coefficients(id, m)
})

# shares: fitted share at a row of the design, and the delta method for a difference of two
share_change <- function(id, quantity, m, from, to) {
  p <- plogis(sum(from * m$b))
  q <- plogis(sum(to * m$b))
  g <- q * (1 - q) * to - p * (1 - p) * from
  s <- sqrt(drop(t(g) %*% m$V %*% g))
  add(id, quantity, 100 * (q - p), 100 * s, 100 * (q - p - m$t * s), 100 * (q - p + m$t * s), m$phi, m$df)
}
share_model <- function(id, first, last, centre, breaks = c(), steps = list()) {
  d <- between(total, first, last)
  w <- between(women, first, last)
  row <- function(year) c(1, unlist(columns(year, centre, breaks, steps)))
  m <- fit(w$entrants_persons / d$entrants_persons, columns(d$year, centre, breaks, steps), "quasi-binomial", d$entrants_persons)
  if (length(breaks)) {
    stretches <- list(list(2002, 2011, "year"), list(2012, 2019, c("year", "slope_2012")))
  } else {
    stretches <- list(list(first, last, "year"))
  }
  for (s in stretches) {
    add_sum(id, sprintf("odds_%d_%d", s[[1]], s[[2]]), m, s[[3]], exp)
    share_change(id, sprintf("change_%d_%d", s[[1]], s[[2]]), m, row(s[[1]]), row(s[[2]]))
  }
  for (term in grep("^(level|step)_", names(m$b), value = TRUE)) {
    to <- row(as.numeric(strsplit(term, "_")[[1]][2]))
    from <- to
    from[names(m$b) == term] <- 0
    share_change(id, sub("level", "jump", term), m, from, to)
  }
  add_sum(id, paste0("line_", centre), m, "constant", hundredfold)
  add_coefficients(id, m)
}
share_model("share_women", 2012, 2019, 2016)
# Own likelihood and its numerical Hessian: optim agrees to about 1e-5, not further.
local({
  id <- "share_women_betabinomial"
  d <- between(total, 2012, 2019)
  k <- between(women, 2012, 2019)$entrants_persons
  n <- d$entrants_persons
  X <- cbind(constant = 1, year = d$year - 2016)
  lose <- function(v) {
    p <- plogis(drop(X %*% v[1:2]))
    a <- p * exp(v[3])
    b <- (1 - p) * exp(v[3])
    -sum(lbeta(k + a, n - k + b) - lbeta(a, b))
  }
  o <- optim(c(qlogis(sum(k) / sum(n)), 0, 3), lose, method = "Nelder-Mead", control = list(maxit = 20000, reltol = 1e-16))
  for (i in 1:5) o <- optim(o$par, lose, method = "BFGS", control = list(maxit = 20000, reltol = 1e-16, ndeps = rep(1e-5, 3)))
  H <- optimHess(o$par, lose, control = list(ndeps = rep(1e-4, 3)))
  p <- plogis(drop(X %*% o$par[1:2]))
  precision <- exp(o$par[3])
  pearson <- (k - n * p) / sqrt(n * p * (1 - p) * (n + precision) / (1 + precision))
  df <- length(k) - 2
  m <- list(
    b = setNames(o$par[1:2], colnames(X)), V = solve(H)[1:2, 1:2],
    phi = sum(pearson^2) / df, df = df, t = qt(0.975, df)
  )
  add_sum(id, "odds_2012_2019", m, "year", exp)
  share_change(id, "change_2012_2019", m, c(1, -4), c(1, 3))
  add_sum(id, "line_2016", m, "constant", hundredfold)
  add(id, "precision", precision, phi = m$phi, df = m$df)
  add_coefficients(id, m)
})
share_model("share_women_early", 2002, 2011, 2007)
share_model("share_women_all", 2002, Inf, 2012, 2012, closure)

# ---- survey series --------------------------------------------------------------------------
survey <- read("survey_results")
khf <- survey[survey$survey == "khf" & survey$sex == "all" & survey$subgroup == "", ]
gap_model <- function(id, indicator, kind, first, steps, item = NULL, printed_gap = NULL) {
  d <- khf[khf$indicator == indicator, ]
  if (!is.null(item)) d <- d[d$item == item, ]
  ours <- d[d$population == "north_korean_origin", c("year", "value")]
  if (kind == "level") {
    x <- ours
  } else {
    theirs <- d[d$population == "general_population", c("year", "value")]
    x <- merge(ours, theirs, by = "year")
    x$value <- if (kind == "difference") x$value.x - x$value.y else log(x$value.x) - log(x$value.y)
    x <- x[, c("year", "value")]
  }
  if (!is.null(printed_gap)) {
    g <- khf[khf$indicator == printed_gap, c("year", "value")]
    x <- rbind(x, g[!g$year %in% x$year, ])
  }
  x <- x[x$year >= first, ]
  x <- x[order(x$year), ]
  m <- fit(x$value, columns(x$year, 2020, c(), steps), "gaussian")
  convert <- if (kind == "log_ratio") percent else same
  add_sum(id, "change", m, "year", convert, kind != "log_ratio")
  for (name in names(steps)) {
    add_sum(id, paste0("step_", name), m, paste0("step_", name), convert, kind != "log_ratio")
  }
  level <- if (kind == "log_ratio") function(v) 100 * exp(v) else same
  add_sum(id, "line_2020", m, "constant", level, kind != "log_ratio")
  last <- x$value[nrow(x)]
  add(id, "latest", if (kind == "log_ratio") 100 * exp(last) else last, phi = m$phi, df = m$df)
  add_coefficients(id, m)
}
redesigns <- list("2014_2021" = c(2014, 2021), "2022" = c(2022, Inf))
weighted <- list("2022" = c(2022, Inf))
gap_model("employment_gap", "employment_rate", "difference", 2011, redesigns, printed_gap = "employment_rate_gap")
gap_model("unemployment_gap", "unemployment_rate", "difference", 2011, redesigns)
gap_model("wage_gap", "mean_monthly_wage", "log_ratio", 2014, weighted)
gap_model("discrimination_trend", "discrimination", "level", 2017, weighted, item = "")
gap_model(
  "life_satisfaction", "life_satisfaction", "level", 2014,
  list("2017_2021" = c(2017, 2021), "2022" = c(2022, Inf)), item = "satisfied"
)

# ---- shares side by side --------------------------------------------------------------------
add_share <- function(id, quantity, x, n) {
  if (x < 5) {
    limits <- binom.test(round(x), n)$conf.int
    add(id, quantity, 100 * x / n, NA, 100 * limits[1], 100 * limits[2])
  } else {
    limits <- suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
    add(id, quantity, 100 * x / n, 100 * sqrt(x / n * (1 - x / n) / n), 100 * limits[1], 100 * limits[2])
  }
}
snake <- function(...) {
  words <- c(...)
  gsub("^_+|_+$", "", gsub("[^a-z0-9]", "_", tolower(paste(words[words != "" & !is.na(words)], collapse = "_"))))
}
add_shares <- function(id, d, value, name) {
  d <- d[!is.na(d$n) & !is.na(d[[value]]), ]
  for (i in seq_len(nrow(d))) {
    x <- if (!is.na(d$cases[i])) d$cases[i] else d[[value]][i] * d$n[i] / 100
    add_share(id, paste0("share_", do.call(snake, as.list(as.character(unlist(d[i, name]))))), x, d$n[i])
  }
}
trafficking <- read("trafficking")
add_shares(
  "trafficking_shares",
  trafficking[trafficking$is_survey_share == "true" &
    trafficking$measure %in% c("trafficked", "forced_marriage_or_trafficking"), ],
  "share_pct", c("study_id", "measure", "sex")
)
add_shares(
  "wish_to_return",
  survey[survey$population == "north_korean_origin" & survey$sex == "all" & survey$indicator %in% c(
    "would_return_if_legal", "thinks_of_returning_if_unpunished", "country_to_move_to",
    "wants_to_return", "thought_of_returning", "happier_in_north_or_wants_to_return"
  ), ],
  "value", c("indicator", "item", "year")
)
prevalence <- read("prevalence")
add_shares("published_intervals", prevalence[prevalence$study_id == "cha_2018", ], "prevalence_pct", "condition")

profiles <- read("profiles")
groups <- function(dimension, reference) {
  id <- paste0("women_by_", dimension)
  d <- profiles[profiles$as_of_date == "2024-09-30" & profiles$dimension == dimension & profiles$category != "all", ]
  w <- d[d$sex == "female", c("category", "persons")]
  m <- d[d$sex == "male", c("category", "persons")]
  x <- merge(w, m, by = "category", suffixes = c("_w", "_m"))
  chi <- chisq.test(as.matrix(x[, 2:3]), correct = FALSE)
  N <- sum(x[, 2:3])
  r <- x[x$category == reference, ]
  for (i in seq_len(nrow(x))) {
    n <- x$persons_w[i] + x$persons_m[i]
    add_share(id, paste0("share_", snake(x$category[i])), x$persons_w[i], n)
    out[[length(out)]]$df_resid <<- unname(chi$parameter)
  }
  for (i in which(x$category != reference)) {
    odds <- x$persons_w[i] / x$persons_m[i] / (r$persons_w / r$persons_m)
    s <- sqrt(1 / x$persons_w[i] + 1 / x$persons_m[i] + 1 / r$persons_w + 1 / r$persons_m)
    z <- qnorm(0.975)
    add(id, paste0("odds_", snake(x$category[i])), odds, NA, odds * exp(-z * s), odds * exp(z * s), df = unname(chi$parameter))
  }
  add(id, "chi_square", unname(chi$statistic), df = unname(chi$parameter))
  add(id, "cramers_v", sqrt(unname(chi$statistic) / N), df = unname(chi$parameter))
}
groups("province", "north_hamgyong")
groups("age_at_entry", "age_20_29")
groups("occupation", "worker")

local({
  id <- "suicidal_impulse_ratio"
  d <- survey[survey$indicator == "suicidal_impulse" & survey$sex == "all", ]
  ours <- d[d$survey == "khf" & d$subgroup == "" & d$population == "north_korean_origin", ]
  theirs <- d[d$survey == "kostat_social" & d$population == "general_population", ]
  for (year in intersect(ours$year, theirs$year)) {
    p <- ours$value[ours$year == year] / 100
    q <- theirs$value[theirs$year == year] / 100
    n <- ours$n[ours$year == year]
    m <- theirs$n[theirs$year == year]
    if (is.na(m)) m <- 36000
    if (is.na(n)) {
      add(id, paste0("ratio_", year), p / q)
      add(id, paste0("points_", year), 100 * (p - q))
    } else {
      s <- sqrt((1 - p) / (p * n) + (1 - q) / (q * m))
      z <- qnorm(0.975)
      add(id, paste0("ratio_", year), p / q, NA, p / q * exp(-z * s), p / q * exp(z * s))
      a <- suppressWarnings(prop.test(p * n, n, correct = FALSE))$conf.int
      b <- suppressWarnings(prop.test(q * m, m, correct = FALSE))$conf.int
      add(
        id, paste0("points_", year), 100 * (p - q), 100 * sqrt(p * (1 - p) / n + q * (1 - q) / m),
        100 * (p - q - sqrt((p - a[1])^2 + (b[2] - q)^2)), 100 * (p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
      )
    }
  }
})

# ---- two surveys of one year ----------------------------------------------------------------
local({
  d <- survey[survey$population == "north_korean_origin" & survey$sex == "all" & survey$subgroup == "" &
    survey$item == "" & survey$indicator %in% c(
      "employment_rate", "labour_force_participation_rate", "unemployment_rate"
    ) & !is.na(survey$n), ]
  x <- merge(d[d$survey == "khf", ], d[d$survey == "nkdb", ], by = c("indicator", "year"))
  for (i in seq_len(nrow(x))) {
    p <- x$value.x[i] / 100
    q <- x$value.y[i] / 100
    n <- x$n.x[i]
    m <- x$n.y[i]
    a <- suppressWarnings(prop.test(p * n, n, correct = FALSE))$conf.int
    b <- suppressWarnings(prop.test(q * m, m, correct = FALSE))$conf.int
    add(
      "survey_pairs", paste0("difference_", x$indicator[i], "_", x$year[i]), 100 * (q - p),
      100 * sqrt(p * (1 - p) / n + q * (1 - q) / m),
      100 * (q - p - sqrt((q - b[1])^2 + (a[2] - p)^2)), 100 * (q - p + sqrt((b[2] - q)^2 + (p - a[1])^2))
    )
  }
})

# ---- pooled studies -------------------------------------------------------------------------
pool <- function(condition, interview = FALSE) {
  id <- paste0(condition, "_pooled")
  d <- prevalence[prevalence$population == "north_korean_origin" & prevalence$is_primary == "true" &
    prevalence$recall %in% c("current", "not_stated") &
    prevalence$condition == condition & !is.na(prevalence$n), ]
  x <- ifelse(is.na(d$cases), d$prevalence_pct * d$n / 100, d$cases)
  y <- log(x / (d$n - x))
  v <- 1 / x + 1 / (d$n - x)
  m <- rma(y, v, method = "PM", test = "knha", control = rma_control)
  p <- predict(m)
  phi <- m$QE / (m$k - 1)
  df <- m$k - 1
  add(id, "mean", 100 * plogis(p$pred), NA, 100 * plogis(p$ci.lb), 100 * plogis(p$ci.ub), phi, df)
  add(id, "new_study", 100 * plogis(p$pred), NA, 100 * plogis(p$pi.lb), 100 * plogis(p$pi.ub), phi, df)
  add(id, "logit_mean", p$pred, m$se, p$ci.lb, p$ci.ub, phi, df)
  add(id, "tau2", m$tau2, phi = phi, df = df)
  add(id, "i2", 100 * max(0, (m$QE - df) / m$QE), phi = phi, df = df)
  if (interview) {
    r <- rma(y, v,
      mods = ~z, data = data.frame(z = as.numeric(d$instrument_kind == "clinical_interview")),
      method = "REML", test = "knha", control = rma_control
    )
    add(id, "odds_clinical_interview", exp(r$b[2]), NA, exp(r$ci.lb[2]), exp(r$ci.ub[2]), phi, df)
  }
}
pool("ptsd", interview = TRUE)
pool("depression")
pool("anxiety")

# ---- rare events ----------------------------------------------------------------------------
rare <- function(id, d, periods) {
  phi_of <- function() {
    squares <- 0
    df <- 0
    for (span in periods) {
      k <- d$year >= span[1] & d$year <= span[2]
      rate <- sum(d$events[k]) / sum(d$exposure[k])
      if (rate > 0) {
        squares <- squares + sum((d$events[k] - rate * d$exposure[k])^2 / (rate * d$exposure[k]))
        df <- df + sum(k) - 1
      }
    }
    c(squares / df, df)
  }
  phi <- phi_of()
  one <- function(quantity, k) {
    test <- poisson.test(sum(d$events[k]), sum(d$exposure[k]))
    add(id, quantity, unname(test$estimate), NA, test$conf.int[1], test$conf.int[2], phi[1], phi[2])
  }
  for (i in seq_len(nrow(d))) one(paste0("rate_", d$year[i]), i)
  for (name in names(periods)) one(paste0("rate_", name), d$year >= periods[[name]][1] & d$year <= periods[[name]][2])
  one("rate_all", rep(TRUE, nrow(d)))
  within <- lapply(periods, function(s) d$year >= s[1] & d$year <= s[2])
  for (name in names(periods)[-1]) {
    a <- within[[name]]
    b <- within[[1]]
    test <- poisson.test(c(sum(d$events[a]), sum(d$events[b])), c(sum(d$exposure[a]), sum(d$exposure[b])))
    add(id, sprintf("ratio_%s_to_%s", name, names(periods)[1]), unname(test$estimate), NA, test$conf.int[1], test$conf.int[2], phi[1], phi[2])
  }
  invisible(phi)
}
local({
  d <- read("returns")
  d <- d[d$year >= 2012, ]
  month <- as.numeric(substr(d$covers_until, 6, 7))
  d <- data.frame(year = d$year, events = d$returns_persons, exposure = ifelse(is.na(month), 12, month) / 12)
  phi <- rare("returns_rate", d, list("2012_2019" = c(2012, 2019), since_2020 = c(2020, Inf)))
  bins <- read("entrants_bins")
  people <- sum(entrants$entrants_persons[entrants$year <= max(d$year)]) + sum(bins$entrants_persons[bins$role == "current" & bins$sex == "all"])
  test <- binom.test(sum(d$events), people)
  add("returns_rate", "per_1000", 1000 * unname(test$estimate), NA, 1000 * test$conf.int[1], 1000 * test$conf.int[2], phi[1], phi[2])
  # equal numbers of newcomers: people who entered in the last w years, a part-year by its months
  late <- d$year >= 2020
  for (w in 2:5) {
    recent <- sapply(d$year, function(y) {
      span <- total$entrants_persons[total$year > y - w & total$year <= y]
      if (length(span) == w) sum(span) else NA
    })
    weight <- recent * d$exposure
    k <- !is.na(weight)
    test <- poisson.test(
      c(sum(d$events[k & late]), sum(d$events[k & !late])), c(sum(weight[k & late]), sum(weight[k & !late]))
    )
    add("returns_rate", paste0("ratio_newcomers_", w), unname(test$estimate), NA, test$conf.int[1], test$conf.int[2], phi[1], phi[2])
  }
  # residents: the unrounded national count nearest to the middle of each period
  r <- read("residents")
  r <- r[r$region == "all" & r$sex == "all" & is.na(r$rounded_to_persons), ]
  at <- as.Date(r$as_of_date)
  newest <- max(d$year)
  for (span in list(c(2012, 2019), c(2020, newest))) {
    middle <- as.Date(if ((span[2] - span[1]) %% 2 == 1) {
      sprintf("%d-01-01", (span[1] + span[2] + 1) / 2)
    } else {
      sprintf("%d-07-01", (span[1] + span[2]) / 2)
    })
    inside <- format(at, "%Y") >= span[1] & format(at, "%Y") <= span[2]
    people <- r$residents_persons[inside][which.min(abs(at[inside] - middle))]
    k <- d$year >= span[1] & d$year <= span[2]
    test <- poisson.test(sum(d$events[k]), sum(d$exposure[k]))
    name <- if (span[1] == 2012) "per_residents_2012_2019" else "per_residents_since_2020"
    add("returns_rate", name, 1000 * unname(test$estimate) / people, NA, 1000 * test$conf.int[1] / people, 1000 * test$conf.int[2] / people, phi[1], phi[2])
  }
})
local({
  d <- read("us_admissions")
  d <- d[d$year_basis == "fiscal_year" & d$measure == "refugee_admissions", ]
  d <- d[order(d$year), ]
  id <- "us_admissions"
  m <- fit(d$persons, columns(d$year, 2006, c(), list("2018" = c(2018, Inf)), slope = FALSE), "quasi-poisson")
  add_sum(id, "step_2018", m, "step_2018")
  add_sum(id, "level", m, "constant", exp)
  add_plain(id, setNames(as.list(d$persons), d$year), 2018, m)
  add_coefficients(id, m)
  rare(
    "us_admissions_rate", data.frame(year = d$year, events = d$persons, exposure = 1),
    list("2006_2017" = c(2006, 2017), since_2018 = c(2018, Inf))
  )
})

# ---- what the payment was worth -------------------------------------------------------------
local({
  id <- "payment_value"
  d <- read("basic_payment_by_year")
  d <- d[d$household_size == "1" & d$year >= 1993, ]
  prices <- read("prices")
  prices <- prices[!is.na(prices$cpi_2020), ]
  wages <- read("minimum_wage")
  wages <- wages[wages$is_reference == "true", ]
  index <- setNames(prices$cpi_2020, prices$year)
  base <- index[["2020"]]
  for (i in seq_len(nrow(d))) {
    day <- sprintf("%d-07-01", d$year[i])
    wage <- wages$monthly_krw[wages$effective_from <= day & wages$effective_to >= day]
    add(id, paste0("nominal_", d$year[i]), d$amount_krw[i])
    add(id, paste0("real_", d$year[i]), d$amount_krw[i] * base / index[[as.character(d$year[i])]])
    add(id, paste0("months_", d$year[i]), d$amount_krw[i] / wage[1])
  }
})

# ---- outlook --------------------------------------------------------------------------------
outlook <- function(id, is_share) {
  d <- between(total, 2002)
  n <- d$entrants_persons
  value <- if (is_share) between(women, 2002)$entrants_persons / n else n
  to <- if (is_share) qlogis else log
  back <- if (is_share) plogis else exp
  scale <- if (is_share) 100 else 1
  in_use <- list(n = n, value = value)
  newest <- max(d$year)
  # the series as it had been released before the first figure for the newest year
  old <- read("entrants_vintages")
  old <- old[old$role %in% c("current", "earlier", "press") & old$vintage != "undated", ]
  old <- old[order(old$vintage), ]
  old <- old[old$vintage < min(old$vintage[old$year == newest]), ]
  released <- function(year, sex, otherwise) {
    figures <- old$entrants_persons[old$year == year & old$sex == sex]
    if (length(figures)) figures[length(figures)] else otherwise
  }
  by_sex <- function(sex) {
    now <- between(entrants[entrants$sex == sex, ], 2002)
    mapply(released, now$year, sex, now$entrants_persons)
  }
  stood <- list(n = by_sex("male") + by_sex("female"))
  stood$value <- if (is_share) by_sex("female") / stood$n else stood$n
  forecast <- function(method, last, h, series = in_use) {
    n <- series$n
    value <- series$value
    k <- d$year <= last
    z <- to(value[k])
    e <- diff(z)
    T <- length(z)
    if (method == "last_value") {
      return(c(z[T], sqrt(mean(e^2)) * sqrt(h), length(e)))
    }
    if (method == "drift") {
      return(c(z[T] + h * mean(e), sd(e) * sqrt(h * (1 + h / length(e))), length(e) - 1))
    }
    if (method == "mean_of_last_three") {
      means <- sapply(3:T, function(i) mean(z[(i - 2):i]))
      past <- z[(3 + h):T] - means[1:(length(means) - h)]
      return(c(means[length(means)], sqrt(mean(past^2)), length(past)))
    }
    breaks <- if (last >= 2014) 2012 else c()
    steps <- list()
    if (last >= 2025) steps <- closure else if (last >= 2022) steps[["2020"]] <- c(2020, Inf)
    centre <- if (length(breaks)) 2012 else d$year[k][sum(k) %/% 2 + 1]
    X <- columns(d$year[k], centre, breaks, steps)
    m <- if (is_share) fit(value[k], X, "quasi-binomial", n[k]) else fit(value[k], X, "quasi-poisson")
    x <- c(1, unlist(columns(last + h, centre, breaks, steps)))
    eta <- sum(x * m$b)
    mu <- back(eta)
    spread <- m$phi / (if (is_share) mu * (1 - mu) * n[k][sum(k)] else mu)
    c(eta, sqrt(drop(t(x) %*% m$V %*% x) + spread), m$df)
  }
  limits <- function(f, level) back(f[1] + c(-1, 1) * qt(0.5 + level / 2, f[3]) * f[2])
  methods <- c("last_value", "mean_of_last_three", "drift", "line")
  rows <- list()
  for (method in methods) {
    for (h in 1:3) {
      f <- forecast(method, newest, h)
      for (level in c(80, 95)) {
        l <- scale * limits(f, level / 100)
        add(id, sprintf("ahead_%s_h%d%s", method, h, if (level == 80) "_80" else ""), scale * back(f[1]), NA, l[1], l[2])
      }
      for (last in d$year[8:(nrow(d) - 1)]) {
        if (last + h > newest) next
        f <- forecast(method, last, h)
        wide <- limits(f, 0.95)
        narrow <- limits(f, 0.80)
        y <- value[d$year == last + h]
        miss <- max(wide[1] - y, 0) + max(y - wide[2], 0)
        rows[[length(rows) + 1]] <- data.frame(
          method = method, h = h, last = last, error = abs(back(f[1]) - y),
          hit_80 = y >= narrow[1] & y <= narrow[2], hit_95 = y >= wide[1] & y <= wide[2],
          score = wide[2] - wide[1] + 2 / 0.05 * miss
        )
      }
    }
    f <- forecast(method, newest - 1, 1, stood)
    for (level in c(80, 95)) {
      l <- scale * limits(f, level / 100)
      add(id, sprintf("last_year_%s%s", method, if (level == 80) "_80" else ""), scale * back(f[1]), NA, l[1], l[2])
    }
  }
  add(id, "last_year_observed", scale * value[d$year == newest])
  b <- do.call(rbind, rows)
  for (h in 1:3) {
    naive <- mean(b$error[b$method == "last_value" & b$h == h])
    for (method in methods) {
      k <- b[b$method == method & b$h == h, ]
      name <- sprintf("%s_h%d", method, h)
      add(id, paste0("error_", name), scale * mean(k$error))
      add(id, paste0("ratio_", name), mean(k$error) / naive)
      add(id, paste0("score_", name), scale * mean(k$score))
      add(id, paste0("hits_80_", name), sum(k$hit_80))
      add(id, paste0("hits_95_", name), sum(k$hit_95))
    }
  }
}
outlook("outlook_entrants", FALSE)
outlook("outlook_share_women", TRUE)

table <- do.call(rbind, out)
for (name in setdiff(names(table), c("model_id", "quantity"))) {
  table[[name]] <- ifelse(is.na(table[[name]]), "", sub("Inf", "inf", sprintf("%.12g", table[[name]])))
}
write.csv(table, stdout(), row.names = FALSE, quote = FALSE, eol = "\n")
