# The models of book/estimates.csv fitted again in R, from data/clean and from specifications of
# its own. Run from the top folder: Rscript tests/reference/models.R > tests/reference/estimates_r.csv
# Base R and metafor (rma). R stops its iterations early by default; the controls make it go on.
suppressMessages(library(metafor))

control <- glm.control(epsilon = 1e-14, maxit = 500)
rma_control <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
out <- list()

read <- function(name) {
  read.csv(file.path("data", "clean", paste0(name, ".csv")), stringsAsFactors = FALSE, encoding = "UTF-8")
}
add <- function(id, quantity, estimate, se = NA, low = NA, high = NA, phi = NA, df = NA) {
  out[[length(out) + 1]] <<- data.frame(
    model_id = id, quantity = quantity, estimate = unname(estimate), std_error = unname(se),
    ci_low = unname(low), ci_high = unname(high), dispersion = unname(phi), df_resid = unname(df)
  )
}
percent <- function(x) 100 * expm1(x)
between <- function(d, first, last = Inf) d[d$year >= first & d$year <= last, ]
pearson <- function(m) sum(residuals(m, "pearson")^2) / df.residual(m)

# a term of a fit and its limits, carried back from the link scale
add_term <- function(id, quantity, m, weights, back = percent, keep = FALSE, phi = pearson(m), df = df.residual(m), t = qt(0.975, df.residual(m))) {
  value <- sum(weights * coef(m))
  s <- sqrt(drop(t(weights) %*% vcov(m) %*% weights))
  add(id, quantity, back(value), if (keep) s else NA, back(value - t * s), back(value + t * s), phi, df)
}
line <- function(count, year, centre, offset = 0, family = quasipoisson()) {
  glm(y ~ x + offset(o), family, data.frame(y = count, x = year - centre, o = offset), control = control)
}

entrants <- read("entrants")
total <- aggregate(entrants_persons ~ year, entrants, sum)
sexes <- lapply(c(women = "female", men = "male"), function(s) {
  aggregate(entrants_persons ~ year, entrants[entrants$sex == s, ], sum)
})
stopifnot(identical(total$year, sexes$women$year))
seen <- setNames(total$entrants_persons, total$year)

# ---- arrivals -------------------------------------------------------------------------------
local({
  id <- "arrivals_trend"
  early <- between(total, 2002, 2011)
  late <- between(total, 2012, 2019)
  a <- line(early$entrants_persons, early$year, 2012)
  b <- line(late$entrants_persons, late$year, 2012)
  add_term(id, "change_2002_2011", a, c(0, 1), phi = NA, df = NA)
  add_term(id, "change_2012_2019", b, c(0, 1), phi = NA, df = NA)
  va <- vcov(a)[1, 1]
  vb <- vcov(b)[1, 1]
  d <- coef(b)[1] - coef(a)[1]
  half <- qt(0.975, (va + vb)^2 / (va^2 / df.residual(a) + vb^2 / df.residual(b))) * sqrt(va + vb)
  add(id, "jump_2012", percent(d), NA, percent(d - half), percent(d + half))
  add(id, "plain_change_2012", 100 * (seen["2012"] / seen["2011"] - 1))

  id <- "missing_arrivals"
  m <- line(late$entrants_persons, late$year, 2016)
  after <- between(total, 2020)
  spans <- setNames(as.list(after$year), after$year)
  spans[["2020_2022"]] <- 2020:2022
  spans[["since_2020"]] <- after$year
  spans[["since_2023"]] <- after$year[after$year >= 2023]
  for (name in names(spans)) {
    X <- cbind(1, spans[[name]] - 2016)
    mu <- exp(drop(X %*% coef(m)))
    M <- sum(mu)
    g <- drop(t(X) %*% mu)
    s <- sqrt(drop(t(g) %*% vcov(m) %*% g) + pearson(m) * M)
    limits <- M * exp(c(-1, 1) * qt(0.975, 6) * s / M)
    came <- sum(after$entrants_persons[after$year %in% spans[[name]]])
    add(id, paste0("expected_", name), M, s, limits[1], limits[2], pearson(m), 6)
    add(id, paste0("missing_", name), M - came, s, limits[1] - came, limits[2] - came, pearson(m), 6)
  }
  add_term(id, "change_2012_2019", m, c(0, 1))
})

wilson <- function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE))$conf.int
newcombe <- function(p, n, q, m) {
  a <- wilson(p * n, n)
  b <- wilson(q * m, m)
  c(p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
}
add_share <- function(id, quantity, x, n, phi = NA, df = NA) {
  exact <- x < 5
  limits <- 100 * if (exact) binom.test(round(x), n)$conf.int else wilson(x, n)
  add(id, quantity, 100 * x / n, if (exact) NA else 100 * sqrt(x / n * (1 - x / n) / n), limits[1], limits[2], phi, df)
}
add_difference <- function(id, quantity, p, n, q, m, ...) {
  limits <- 100 * newcombe(p, n, q, m)
  add(id, quantity, 100 * (p - q), 100 * sqrt(p * (1 - p) / n + q * (1 - q) / m), limits[1], limits[2], ...)
}

local({
  id <- "share_women"
  d <- between(total, 2012, 2019)
  w <- between(sexes$women, 2012, 2019)
  m <- glm(y ~ x, quasibinomial(), data.frame(y = w$entrants_persons / d$entrants_persons, x = d$year - 2016),
    weights = d$entrants_persons, control = control
  )
  ends <- rbind(c(1, -4), c(1, 3))
  p <- plogis(drop(ends %*% coef(m)))
  g <- p[2] * (1 - p[2]) * ends[2, ] - p[1] * (1 - p[1]) * ends[1, ]
  s <- 100 * sqrt(drop(t(g) %*% vcov(m) %*% g))
  d <- 100 * (p[2] - p[1])
  half <- qt(0.975, df.residual(m)) * s
  add(id, "change_2012_2019", d, s, d - half, d + half, pearson(m), df.residual(m))
  sums <- function(first, last) {
    c(sum(between(sexes$women, first, last)$entrants_persons), sum(between(total, first, last)$entrants_persons))
  }
  a <- sums(2019, 2019)
  b <- sums(2021, 2022)
  add_share(id, "share_2019", a[1], a[2], pearson(m), df.residual(m))
  add_share(id, "share_2021_2022", b[1], b[2], pearson(m), df.residual(m))
  add_difference(id, "difference_2021_2022", b[1] / b[2], b[2], a[1] / a[2], a[2], pearson(m), df.residual(m))

  id <- "arrivals_by_sex"
  for (sex in names(sexes)) {
    d <- between(sexes[[sex]], 2012, 2019)
    m <- line(d$entrants_persons, d$year, 2016)
    add_term(id, sprintf("change_%s_2012_2019", sex), m, c(0, 1), phi = NA, df = NA)
  }
  for (sex in names(sexes)) {
    n <- setNames(sexes[[sex]]$entrants_persons, sexes[[sex]]$year)
    add(id, sprintf("kept_%s_2021", sex), 100 * n["2021"] / n["2019"])
  }
})

local({
  id <- "arrivals_payment_cut"
  change <- diff(log(seen[as.character(2002:2011)]))
  m <- lm(change[names(change) != "2005"] ~ 1)
  phi <- summary(m)$sigma^2
  usual <- predict(m, data.frame(row.names = 1), interval = "prediction")[1, ]
  jump <- change[["2005"]] - usual
  add(id, "jump_2005", percent(jump[1]), NA, percent(jump[3]), percent(jump[2]), phi, df.residual(m))
  add(id, "usual_change", percent(usual[1]), NA, percent(usual[2]), percent(usual[3]), phi, df.residual(m))
  add(id, "plain_change_2005", 100 * (seen["2005"] / seen["2004"] - 1), phi = phi, df = df.residual(m))
  less <- 100 * (seen["2005"] / (seen["2004"] - 468) - 1)
  add(id, "plain_change_2005_less_airlift", less, phi = phi, df = df.residual(m))
})

# ---- figures of one survey ------------------------------------------------------------------
survey <- read("survey_results")
khf <- survey[survey$survey == "khf" & survey$sex == "all" & survey$subgroup == "", ]
local({
  id <- "employment_gap"
  d <- khf[khf$indicator == "employment_rate", ]
  x <- merge(d[d$population == "north_korean_origin", c("year", "value")],
    d[d$population == "general_population", c("year", "value")],
    by = "year"
  )
  x <- data.frame(year = x$year, value = x$value.x - x$value.y)
  g <- khf[khf$indicator == "employment_rate_gap", c("year", "value")]
  x <- between(rbind(x, g[!g$year %in% x$year, ]), 2011)
  x <- x[order(x$year), ]
  m <- lm(value ~ I(year >= 2017), x)
  aicc <- function(m) {
    k <- length(coef(m)) + 1
    AIC(m) + 2 * k * (k + 1) / (nrow(x) - k - 1)
  }
  stopifnot(aicc(m) < aicc(lm(value ~ 1, x)))
  phi <- summary(m)$sigma^2
  add_term(id, "step_2017", m, c(0, 1), identity, TRUE, phi)
  add_term(id, "level_before_2017", m, c(1, 0), identity, TRUE, phi)
  add_term(id, "level_since_2017", m, c(1, 1), identity, TRUE, phi)
  add(id, "latest", x$value[nrow(x)], phi = phi, df = df.residual(m))

  id <- "life_satisfaction"
  d <- khf[khf$indicator == "life_satisfaction" & khf$item == "satisfied" & khf$year >= 2017, ]
  m <- lm(value ~ year, d)
  phi <- summary(m)$sigma^2
  add_term(id, "change", m, c(0, 1), identity, TRUE, phi)
  add(id, "latest", d$value[which.max(d$year)], phi = phi, df = df.residual(m))
})

# ---- pooled studies -------------------------------------------------------------------------
prevalence <- read("prevalence")
for (condition in c("ptsd", "depression")) {
  id <- paste0(condition, "_pooled")
  d <- prevalence[prevalence$population == "north_korean_origin" & prevalence$is_primary == "true" &
    prevalence$recall %in% c("current", "not_stated") &
    prevalence$condition == condition & !is.na(prevalence$n), ]
  x <- ifelse(is.na(d$cases), d$prevalence_pct * d$n / 100, d$cases)
  m <- rma(log(x / (d$n - x)), 1 / x + 1 / (d$n - x), method = "PM", test = "knha", control = rma_control)
  p <- predict(m)
  df <- m$k - 1
  phi <- m$QE / df
  add(id, "lowest", 100 * min(x / d$n), phi = phi, df = df)
  add(id, "highest", 100 * max(x / d$n), phi = phi, df = df)
  add(id, "new_study", 100 * plogis(p$pred), NA, 100 * plogis(p$pi.lb), 100 * plogis(p$pi.ub), phi, df)
  add(id, "mean", 100 * plogis(p$pred), NA, 100 * plogis(p$ci.lb), 100 * plogis(p$ci.ub), phi, df)
  add(id, "logit_mean", p$pred, m$se, p$ci.lb, p$ci.ub, phi, df)
  add(id, "tau2", m$tau2, phi = phi, df = df)
  add(id, "i2", 100 * max(0, (m$QE - df) / m$QE), phi = phi, df = df)
}

# ---- rare events ----------------------------------------------------------------------------
add_rates <- function(id, d, periods, m) {
  spans <- c(setNames(lapply(d$year, rep, 2), d$year), periods)
  for (name in names(spans)) {
    k <- between(d, spans[[name]][1], spans[[name]][2])
    test <- poisson.test(sum(k$events), sum(k$exposure))
    add(id, paste0("rate_", name), test$estimate, NA, test$conf.int[1], test$conf.int[2], pearson(m), df.residual(m))
  }
}
local({
  id <- "returns_rate"
  d <- between(read("returns"), 2012)
  month <- as.numeric(substr(d$covers_until, 6, 7))
  d <- data.frame(year = d$year, events = d$returns_persons, exposure = ifelse(is.na(month), 12, month) / 12)
  m <- line(d$events, d$year, 2019, log(d$exposure), poisson())
  add_term(id, "change", m, c(0, 1), t = qnorm(0.975))
  recent <- sapply(d$year, function(y) sum(between(total, y - 3, y)$entrants_persons))
  newcomers <- line(d$events, d$year, 2019, log(recent * d$exposure), poisson())
  add_term(id, "change_newcomers", newcomers, c(0, 1), phi = pearson(m), df = df.residual(m), t = qnorm(0.975))
  add_rates(id, d, list("2012_2017" = c(2012, 2017), "2018_2019" = c(2018, 2019), since_2020 = c(2020, Inf)), m)
  bins <- read("entrants_bins")
  people <- sum(between(entrants, 0, max(d$year))$entrants_persons) +
    sum(bins$entrants_persons[bins$role == "current" & bins$sex == "all"])
  add(id, "per_1000", 1000 * sum(d$events) / people, phi = pearson(m), df = df.residual(m))

  id <- "us_admissions"
  d <- read("us_admissions")
  d <- between(d[d$year_basis == "fiscal_year" & d$measure == "refugee_admissions", ], 2006)
  d <- data.frame(year = d$year, events = d$persons, exposure = 1)
  m <- line(d$events, d$year, 2015)
  add_term(id, "change", m, c(0, 1))
  add_rates(id, d, list(
    "2006_2010" = c(2006, 2010), "2011_2015" = c(2011, 2015), "2016_2020" = c(2016, 2020), since_2021 = c(2021, Inf)
  ), m)
})

# ---- published shares -----------------------------------------------------------------------
snake <- function(words) {
  words <- as.character(unlist(words))
  gsub("^_+|_+$", "", gsub("[^a-z0-9]", "_", tolower(paste(words[words != "" & !is.na(words)], collapse = "_"))))
}
add_shares <- function(id, d, value, name) {
  d <- d[!is.na(d$n) & !is.na(d[[value]]), ]
  for (i in seq_len(nrow(d))) {
    x <- if (!is.na(d$cases[i])) d$cases[i] else d[[value]][i] * d$n[i] / 100
    add_share(id, paste0("share_", snake(d[i, name])), x, d$n[i])
  }
}
trafficking <- read("trafficking")
add_shares(
  "trafficking_shares",
  trafficking[trafficking$is_survey_share == "true" &
    trafficking$measure %in% c("trafficked", "forced_marriage_or_trafficking"), ],
  "share_pct", c("study_id", "measure", "sex")
)
ours <- survey[survey$population == "north_korean_origin" & survey$sex == "all", ]
add_shares(
  "wish_to_return",
  ours[ours$indicator %in% c(
    "would_return_if_legal", "thinks_of_returning_if_unpunished", "country_to_move_to",
    "wants_to_return", "thought_of_returning", "happier_in_north_or_wants_to_return"
  ), ],
  "value", c("indicator", "item", "year")
)
profiles <- read("profiles")
for (dimension in c("province", "age_at_entry", "occupation")) {
  d <- profiles[profiles$as_of_date == "2024-09-30" & profiles$dimension == dimension & profiles$category != "all", ]
  n <- tapply(d$persons[d$sex != "all"], d$category[d$sex != "all"], sum)
  for (group in names(n)) {
    women <- d$persons[d$sex == "female" & d$category == group]
    add_share(paste0("women_by_", dimension), paste0("share_", snake(group)), women, n[[group]])
  }
}
local({
  id <- "suicidal_impulse_ratio"
  d <- survey[survey$indicator == "suicidal_impulse" & survey$sex == "all", ]
  a <- d[d$survey == "khf" & d$subgroup == "" & d$population == "north_korean_origin", ]
  b <- d[d$survey == "kostat_social" & d$population == "general_population", ]
  x <- merge(a, b, by = "year")
  p <- x$value.x / 100
  q <- x$value.y / 100
  m <- ifelse(is.na(x$n.y), 36000, x$n.y)
  factor <- exp(qnorm(0.975) * sqrt((1 - p) / (p * x$n.x) + (1 - q) / (q * m)))
  names <- c(paste0("ratio_", x$year), "lowest_ratio", "highest_ratio")
  k <- c(seq_along(p), which.min(p / q), which.max(p / q))
  for (i in seq_along(k)) add(id, names[i], (p / q)[k[i]], NA, (p / q / factor)[k[i]], (p / q * factor)[k[i]])
})
local({
  d <- ours[ours$subgroup == "" & ours$item == "" & !is.na(ours$n) & ours$indicator %in% c(
    "employment_rate", "labour_force_participation_rate", "unemployment_rate"
  ), ]
  x <- merge(d[d$survey == "khf", ], d[d$survey == "nkdb", ], by = c("indicator", "year"))
  for (i in seq_len(nrow(x))) {
    name <- paste0("difference_", x$indicator[i], "_", x$year[i])
    add_difference("survey_pairs", name, x$value.y[i] / 100, x$n.y[i], x$value.x[i] / 100, x$n.x[i])
  }
})

# ---- what the payment was worth -------------------------------------------------------------
local({
  id <- "payment_value"
  d <- read("basic_payment_by_year")
  d <- d[d$household_size == "1" & d$year >= 1993, ]
  prices <- read("prices")
  index <- setNames(prices$cpi_2020, prices$year)
  wages <- read("minimum_wage")
  wages <- wages[wages$is_reference == "true", ]
  for (i in seq_len(nrow(d))) {
    day <- sprintf("%d-07-01", d$year[i])
    wage <- wages$hourly_krw[wages$effective_from <= day & wages$effective_to >= day]
    if (!length(wage)) next
    add(id, paste0("nominal_", d$year[i]), d$amount_krw[i])
    add(id, paste0("real_", d$year[i]), d$amount_krw[i] * index[["2020"]] / index[[as.character(d$year[i])]])
    add(id, paste0("hours_", d$year[i]), d$amount_krw[i] / wage[1])
  }
})

# ---- outlook --------------------------------------------------------------------------------
local({
  id <- "outlook_entrants"
  d <- between(total, 2002)
  newest <- max(d$year)
  forecast <- function(method, last, h) {
    n <- d$entrants_persons[d$year <= last]
    z <- log(n)
    e <- diff(z)
    T <- length(z)
    if (method == "last_value") return(c(z[T], sqrt(mean(e^2)) * sqrt(h), length(e)))
    if (method == "drift") return(c(z[T] + h * mean(e), sd(e) * sqrt(h * (1 + h / length(e))), length(e) - 1))
    if (method == "mean_of_last_three") {
      means <- sapply(3:T, function(i) mean(z[(i - 2):i]))
      past <- z[(3 + h):T] - means[1:(length(means) - h)]
      return(c(means[length(means)], sqrt(mean(past^2)), length(past)))
    }
    m <- line(n[(T - 7):T], -7:0, 0)
    x <- c(1, h)
    eta <- sum(x * coef(m))
    c(eta, sqrt(drop(t(x) %*% vcov(m) %*% x) + pearson(m) / exp(eta)), df.residual(m))
  }
  limits <- function(f, level) exp(f[1] + c(-1, 1) * qt(0.5 + level / 2, f[3]) * f[2])
  say <- function(quantity, f) {
    for (level in c(80, 95)) {
      l <- limits(f, level / 100)
      add(id, paste0(quantity, if (level == 80) "_80" else ""), exp(f[1]), NA, l[1], l[2])
    }
  }
  methods <- c("last_value", "mean_of_last_three", "drift", "line")
  rows <- list()
  for (method in methods) {
    for (h in 1:3) {
      say(sprintf("ahead_%s_h%d", method, h), forecast(method, newest, h))
      for (last in d$year[8:(nrow(d) - h)]) {
        f <- forecast(method, last, h)
        y <- d$entrants_persons[d$year == last + h]
        held <- sapply(c(0.80, 0.95), function(level) y >= limits(f, level)[1] & y <= limits(f, level)[2])
        rows[[length(rows) + 1]] <- data.frame(method, h, error = abs(exp(f[1]) - y), hits_80 = held[1], hits_95 = held[2])
      }
    }
    say(paste0("last_year_", method), forecast(method, newest - 1, 1))
  }
  add(id, "last_year_observed", d$entrants_persons[d$year == newest])
  b <- do.call(rbind, rows)
  for (h in 1:3) {
    naive <- mean(b$error[b$method == "last_value" & b$h == h])
    for (method in methods) {
      k <- b[b$method == method & b$h == h, ]
      name <- sprintf("%s_h%d", method, h)
      add(id, paste0("error_", name), mean(k$error))
      add(id, paste0("ratio_", name), mean(k$error) / naive)
      for (hits in c("hits_80", "hits_95")) add(id, paste0(hits, "_", name), sum(k[[hits]]))
    }
  }
})

table <- do.call(rbind, out)
for (name in setdiff(names(table), c("model_id", "quantity"))) {
  table[[name]] <- ifelse(is.na(table[[name]]), "", sub("Inf", "inf", sprintf("%.12g", table[[name]])))
}
write.csv(table, stdout(), row.names = FALSE, quote = FALSE, eol = "\n")
